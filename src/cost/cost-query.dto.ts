import { IsOptional, IsString } from 'class-validator';

/** Days such as `2026-01-31`, both included. */
export class CostQuery {
  @IsOptional()
  @IsString()
  from?: string;

  @IsOptional()
  @IsString()
  to?: string;
}
