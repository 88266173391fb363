/** The days on which refunds were made: the usual spans, or any two days of a calendar. */
import { useState } from 'react';
import { CalendarDate, parseDate } from '@internationalized/date';
import {
  Button,
  CalendarCell,
  CalendarGrid,
  Dialog,
  DialogTrigger,
  Heading,
  I18nProvider,
  Popover,
  RangeCalendar,
} from 'react-aria-components';
import { usePreferences } from '../../shown/preferences.ts';
import { addDays, dayOf, useZone } from '../../shown/time.tsx';
import { useWords } from '../../words/words.ts';
import { DAY_KINDS, type DayKind, type View } from '../view.ts';

/** The last day of the month before. */
const monthBefore = (day: string): string => addDays(`${day.slice(0, 8)}01`, -1);

export function DayRange(props: {
  readonly view: View;
  readonly text: string;
  readonly show: (changed: Partial<View>) => void;
}) {
  const words = useWords();
  const { language } = usePreferences();
  const zone = useZone();
  const [isOpen, setOpen] = useState(false);
  // Chosen before the days: the address has none as long as it has no days.
  const [kind, setKind] = useState(props.view.days);
  const { view, text, show } = props;
  const counted = view.zone ?? zone;
  const today = dayOf(new Date(), counted);
  const take = (from: string | null, to: string | null) => {
    show({ days: kind, from, to, zone: from === null && to === null ? null : counted });
    setOpen(false);
  };
  const chooseKind = (chosen: DayKind) => {
    setKind(chosen);
    if (view.from !== null || view.to !== null) show({ days: chosen });
  };
  const spans = [
    [words.refunds.today, today, today],
    [words.refunds.yesterday, addDays(today, -1), addDays(today, -1)],
    [words.refunds.last7, addDays(today, -6), today],
    [words.refunds.thisMonth, `${today.slice(0, 8)}01`, today],
    [words.refunds.lastMonth, `${monthBefore(today).slice(0, 8)}01`, monthBefore(today)],
  ] as const;
  const range =
    view.from === null || view.to === null || view.from > view.to
      ? null
      : { start: parseDate(view.from), end: parseDate(view.to) };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="button button-choice" aria-label={`${words.refunds.days}: ${text}`}>
        {text}
      </Button>
      <Popover className="popover" placement="bottom start">
        <Dialog className="days-dialog" aria-label={words.refunds.days}>
          <fieldset className="day-kinds">
            <legend className="unseen">{words.refunds.dayKind}</legend>
            {DAY_KINDS.map((known) => (
              <label key={known}>
                <input type="radio" name="day-kind" checked={kind === known} onChange={() => chooseKind(known)} />
                {words.refunds.dayKinds[known]}
              </label>
            ))}
          </fieldset>
          <div className="spans">
            {spans.map(([name, from, to]) => (
              <Button key={name} className="button" onPress={() => take(from, to)}>
                {name}
              </Button>
            ))}
            <Button className="button" onPress={() => take(null, null)}>
              {words.refunds.anyDay}
            </Button>
          </div>
          <I18nProvider locale={language === 'en' ? 'en-GB' : language}>
            <RangeCalendar
              aria-label={words.refunds.days}
              value={range}
              maxValue={parseDate(today)}
              onChange={({ start, end }) => take(textOf(start), textOf(end))}
            >
              <header className="calendar-head">
                <Button slot="previous" className="button button-icon">
                  ‹
                </Button>
                <Heading className="calendar-title" />
                <Button slot="next" className="button button-icon">
                  ›
                </Button>
              </header>
              <CalendarGrid className="calendar">
                {(date) => <CalendarCell date={date} className="calendar-cell" />}
              </CalendarGrid>
            </RangeCalendar>
          </I18nProvider>
          <p className="quiet zone-note">{counted}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const textOf = ({
  year,
  month,
  day,
}: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}): string => new CalendarDate(year, month, day).toString();
