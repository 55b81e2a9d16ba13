import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { AppError } from '../platform/errors/app-error';
import { dayOf, firstDay } from './budget-calendar';
import { CostBooks } from './cost-books';
import { ReportRepository } from './report.repository';
import type { DayRange } from './report.repository';
import { ReservationRepository } from './reservation.repository';
import { UsageRepository } from './usage.repository';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 800;
const MOST_LINES = 100;

/** What the books say, up to the last call that has ended. */
@Injectable()
export class CostService {
  constructor(
    private readonly books: CostBooks,
    private readonly usage: UsageRepository,
    private readonly reservations: ReservationRepository,
    private readonly reports: ReportRepository,
    private readonly clock: Clock,
  ) {}

  /** Nano-USD of the running periods, and what is set aside for calls that run. */
  async spent() {
    await this.books.flush();
    const now = this.clock.now();
    return {
      daily: await this.usage.spentSince(firstDay('daily', now)),
      monthly: await this.usage.spentSince(firstDay('monthly', now)),
      reserved: await this.reservations.reserved(),
    };
  }

  /** The days from `from` to `to`, the last thirty when left out. */
  async report(wish: Partial<DayRange>) {
    const range = this.range(wish);
    return {
      range,
      days: await this.reports.byDay(range),
      owners: await this.reports.byOwner(range, MOST_LINES),
      sessions: await this.reports.bySession(range, MOST_LINES),
    };
  }

  private range({ from, to = dayOf(this.clock.now()) }: Partial<DayRange>): DayRange {
    const end = midnight('to', to);
    const start = from === undefined ? end - (USUAL_DAYS - 1) * DAY_MS : midnight('from', from);
    if (start > end) throw invalid('from', '`from` must not be later than `to`');
    if (end - start >= MOST_DAYS * DAY_MS) throw invalid('from', `At most ${MOST_DAYS} days can be asked for at once`);
    return { from: dayOf(start), to };
  }
}

function midnight(name: string, day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(time) || dayOf(time) !== day) throw invalid(name, `\`${name}\` must be a day such as 2026-01-31`);
  return time;
}

function invalid(param: string, message: string): AppError {
  return new AppError(400, 'request.invalid_field', message, { param });
}
