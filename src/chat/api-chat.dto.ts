import { IsArray, IsOptional, IsString } from 'class-validator';
import { MessageDto } from './message.dto';

const CONTEXT_MUST = 'The `context` field must be an array of strings.';

/** Body of `POST /api/chat`. */
export class ApiChatDto extends MessageDto {
  /** Earlier lines of the conversation, oldest first; the last ten are used. */
  @IsOptional()
  @IsString({ each: true, message: CONTEXT_MUST })
  @IsArray({ message: CONTEXT_MUST })
  context?: string[] | null;
}
