import { IsBoolean, IsOptional, IsString } from 'class-validator';

/** The sentence for a body that is no JSON, or whose message is no text. */
export const INVALID_BODY = 'Invalid JSON body. Expected: {"message": "..."}';

/** What `/webhook` and `/api/chat` have in common. Unknown keys are ignored. */
export class MessageDto {
  @IsString({ message: INVALID_BODY })
  message = '';

  @IsOptional()
  @IsBoolean({ message: 'The `stream` field must be true or false.' })
  stream?: boolean | null;

  @IsOptional()
  @IsString({ message: 'The `session_id` field must be a string.' })
  session_id?: string | null;
}
