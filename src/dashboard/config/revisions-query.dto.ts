import { IsOptional, Matches } from 'class-validator';

/** Query of `GET /api/config/revisions`. */
export class RevisionsQuery {
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d{2}|200)$/, { message: 'The `limit` must be a whole number from 1 to 200' })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'The `cursor` must be the `next_cursor` of an earlier page' })
  cursor?: string;
}

/** Query of `GET /api/config/revisions/:id`. */
export class CompareQuery {
  @IsOptional()
  @Matches(/^(current|[1-9]\d{0,14})$/, { message: '`against` must be the id of a revision, or `current`' })
  against?: string;
}
