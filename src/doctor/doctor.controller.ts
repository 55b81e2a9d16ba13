import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Doctor } from './doctor';

/** What is wrong with the gateway and its surroundings, and what to do about it. */
@Controller('api/doctor')
@Documented(() => require('./doctor.openapi') as typeof import('./doctor.openapi'))
export class DoctorController {
  constructor(private readonly doctor: Doctor) {}

  /** May be up to ten seconds old. */
  @Get()
  look() {
    return this.doctor.look();
  }

  @Post()
  @HttpCode(200)
  examine() {
    return this.doctor.examine();
  }
}
