import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import type { Scope } from '../platform/http/principal';
import { MAX_NAME_LENGTH, MAX_TOKEN_DAYS, SCOPES } from './grant';

/** Body of `POST /api/pairing/codes`: what the device that redeems the code will get. */
export class IssueCodeDto {
  /** How the device is called in lists. */
  @IsOptional()
  @IsString({ message: 'name must be a string' })
  @Length(1, MAX_NAME_LENGTH, { message: `name must have 1 to ${MAX_NAME_LENGTH} characters` })
  @Matches(/^[^\p{Cc}]*$/u, { message: 'name must not contain control characters' })
  name?: string | null;

  /** Default: everything. */
  @IsOptional()
  @IsArray({ message: 'scopes must be a list of chat, read, admin' })
  @ArrayNotEmpty({ message: 'scopes must name at least one of chat, read, admin; leave it out for all of them' })
  @ArrayUnique({ message: 'scopes must not name a scope twice' })
  @IsIn(SCOPES, { each: true, message: 'scopes must be a list of chat, read, admin' })
  scopes?: Scope[] | null;

  /** Lifetime of the token, not of the code. Default: unlimited. */
  @IsOptional()
  @IsInt({ message: 'expires_in_days must be a whole number of days' })
  @Min(1, { message: 'expires_in_days must be at least 1' })
  @Max(MAX_TOKEN_DAYS, { message: `expires_in_days must be at most ${MAX_TOKEN_DAYS}` })
  expires_in_days?: number | null;
}
