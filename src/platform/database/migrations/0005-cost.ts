import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';

/** What model calls cost: each call, its sums per day, what is set aside for calls that run, and the ledger of the budgets. */
export function cost(): Migration {
  return {
    async up(db) {
      await sql`create table model_usage (
        id text primary key,
        created_at bigint not null,
        day text not null,
        provider text not null,
        model text not null,
        owner text not null,
        session_id text,
        door text not null,
        run_id text,
        input_tokens bigint not null,
        output_tokens bigint not null,
        cached_tokens bigint not null,
        reasoning_tokens bigint not null,
        cost_nano bigint not null,
        estimated integer not null,
        expected_input bigint not null
      )`.execute(db);
      await sql`create index model_usage_by_day on model_usage (day)`.execute(db);
      await sql`create table model_usage_days (
        day text not null,
        provider text not null,
        model text not null,
        owner text not null,
        calls bigint not null,
        estimated_calls bigint not null,
        input_tokens bigint not null,
        output_tokens bigint not null,
        cached_tokens bigint not null,
        reasoning_tokens bigint not null,
        cost_nano bigint not null,
        most_output bigint not null,
        most_input_percent bigint not null,
        primary key (day, provider, model, owner)
      )`.execute(db);
      await sql`create table cost_reservations (
        id text primary key,
        instance text not null,
        created_at bigint not null,
        expires_at bigint not null,
        provider text not null,
        model text not null,
        owner text not null,
        session_id text,
        door text not null,
        run_id text,
        amount_nano bigint not null,
        input_tokens bigint not null,
        output_tokens bigint not null,
        cost_nano bigint not null
      )`.execute(db);
      await sql`create table cost_days (day text primary key, spent_nano bigint not null)`.execute(db);
    },
  };
}
