import { IsOptional, IsString, Matches } from 'class-validator';

/** Query of `GET /api/memory`. An empty value counts as none. */
export class MemoryQueryDto {
  @IsOptional()
  @IsString({ message: 'Give `category` once' })
  category?: string;

  @IsOptional()
  @IsString({ message: 'Give `query` once' })
  query?: string;

  @IsOptional()
  @Matches(/^([1-9]\d{0,2}|1000)?$/, { message: 'The `limit` must be a whole number from 1 to 1000' })
  limit?: string;

  @IsOptional()
  @IsString({ message: 'Give `cursor` once' })
  cursor?: string;
}
