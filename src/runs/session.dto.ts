import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { LIMIT, LIMIT_MUST } from './run.dto';

const OWNER_ONCE = 'Give `owner` once';

/** Whose session is meant; admins may name somebody else. */
export class SessionOwnerDto {
  @IsOptional()
  @IsString({ message: OWNER_ONCE })
  owner?: string;
}

/** Query of `GET /api/sessions`. */
export class SessionQueryDto extends SessionOwnerDto {
  @IsOptional()
  @Matches(LIMIT, { message: LIMIT_MUST })
  limit?: string;

  @IsOptional()
  @IsString({ message: 'Give `cursor` once' })
  cursor?: string;
}

/** Query of `GET /api/sessions/:id`. */
export class SessionMessagesQueryDto extends SessionOwnerDto {
  @IsOptional()
  @Matches(LIMIT, { message: LIMIT_MUST })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'The `before` must be the `seq` of a message' })
  before?: string;
}

/** Body of `POST /api/sessions/:id/messages`. */
export class PushedMessageDto {
  @Matches(/\S/, { message: 'The `content` field is required and must be a non-empty string' })
  @IsString({ message: 'The `content` field is required and must be a non-empty string' })
  content = '';

  @IsOptional()
  @IsIn(['user', 'assistant'], { message: 'The `role` must be "user" or "assistant"' })
  role?: 'user' | 'assistant' | null;
}
