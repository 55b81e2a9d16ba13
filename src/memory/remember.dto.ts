import { IsOptional, IsString } from 'class-validator';
import { LONGEST_CATEGORY, LONGEST_CONTENT, LONGEST_KEY } from './memory-limits';

const says = (field: string, longest: number) => ({
  message: `The \`${field}\` must be a text of 1 to ${longest} characters`,
});

/** Body of `POST /api/memory`. How long the texts may be is checked where every entry goes through. */
export class RememberDto {
  @IsString(says('key', LONGEST_KEY))
  key = '';

  @IsString(says('content', LONGEST_CONTENT))
  content = '';

  /** `core` (everybody's), `personal`, `daily`, `conversation` or a name of one's own. Default `core`. */
  @IsOptional()
  @IsString(says('category', LONGEST_CATEGORY))
  category?: string | null;
}
