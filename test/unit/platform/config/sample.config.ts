import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import { Key, Section } from '../../../../src/platform/config/section';
import type { SectionClass } from '../../../../src/platform/config/section';
import { StorageConfig } from '../../../../src/platform/database/storage.config';

export class Lamp {
  @Key({ doc: 'Watts.' })
  @IsInt()
  @Min(1)
  watts = 10;

  @Key({ doc: 'Code of the lamp.', secret: true })
  @IsOptional()
  @IsString()
  code?: string;
}

@Section('', 'Above all tables.')
export class RootConfig {
  @Key({ doc: 'Name.', env: ['SAMPLE_NAME', 'SAMPLE_OLD_NAME'], aliases: ['title'], live: true, example: 'Ada' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  name?: string;
}

@Section('house', 'A house with every kind of key.')
export class HouseConfig {
  @Key({ doc: 'Port.', env: 'ZEROCLAW_GATEWAY_PORT', live: true })
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 80;

  @Key({ doc: 'Degrees.', env: 'SAMPLE_DEGREES' })
  @IsNumber()
  degrees = 20.5;

  @Key({ doc: 'Open.', env: 'SAMPLE_OPEN' })
  @IsBoolean()
  open = false;

  @Key({ doc: 'Mode.', synonyms: { read_only: 'readonly' } })
  @IsIn(['readonly', 'full'])
  mode: 'readonly' | 'full' = 'full';

  @Key({ doc: 'Guests.', env: 'SAMPLE_GUESTS', live: true, example: ['Bob'] })
  @IsArray()
  @IsString({ each: true })
  guests: string[] = [];

  @Key({ doc: 'Keys.', secret: true, live: true, env: 'SAMPLE_KEYS' })
  @IsArray()
  @IsString({ each: true })
  keys: string[] = [];

  @Key({ doc: 'Alarm code.', secret: true, env: 'SAMPLE_ALARM', live: true })
  @IsString()
  alarm = '';

  @Key({ doc: 'Prices by drink.' })
  @IsObject()
  prices: Record<string, number> = {};

  @Key({ doc: 'The lamp at the door.', table: Lamp })
  porch = new Lamp();

  @Key({ doc: 'Lamps in a row.', table: Lamp, kind: 'array', live: true })
  row: Lamp[] = [];

  @Key({ doc: 'Lamps by room.', table: Lamp, kind: 'map', live: true })
  rooms: Record<string, Lamp> = {};
}

/** One section of each kind; StorageConfig is what the data folder is read from. */
export const sampleSections: readonly SectionClass[] = [RootConfig, HouseConfig, StorageConfig];
