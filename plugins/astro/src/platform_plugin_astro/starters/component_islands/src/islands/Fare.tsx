import { useState } from 'preact/hooks';
import { euros, fare, spokenHours, type Tariff } from '../lib/fare';

interface Props {
  tariffs: Tariff[];
  locale: string;
}

const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 24, 30, 36, 48, 72, 96, 168];

/** The fare as it would be painted on the road. Before it is hydrated it shows the fare of three hours. */
export default function Fare({ tariffs, locale }: Props) {
  const [chosen, choose] = useState(0);
  const [step, setStep] = useState(2);
  const [member, setMember] = useState(false);
  const hours = STEPS[step] ?? 1;
  const tariff = tariffs[chosen];
  if (!tariff) return null;
  const { total, lines } = fare(tariff, hours, member);

  return (
    <div class="fare" role="group" aria-label="Fare">
      <output class="fare-total" for="fare-hours" aria-live="polite">
        <span class="fare-number">{euros(total, locale)}</span>
        <span class="fare-for">
          {tariff.name}, {spokenHours(hours)}
        </span>
      </output>
      <div class="fare-form">
        <fieldset class="fare-bikes">
          <legend>Bike</legend>
          {tariffs.map(({ name }, at) => (
            <label key={name}>
              <input type="radio" name="bike" checked={at === chosen} onChange={() => choose(at)} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        <div class="fare-hours">
          <label for="fare-hours">For how long</label>
          <input
            id="fare-hours"
            type="range"
            min="0"
            max={STEPS.length - 1}
            value={step}
            aria-valuetext={spokenHours(hours)}
            onInput={(event) => setStep(Number(event.currentTarget.value))}
          />
        </div>
        <label class="choice">
          <input type="checkbox" checked={member} onChange={(event) => setMember(event.currentTarget.checked)} />
          <span>I have the harbour pass</span>
        </label>
        <dl class="fare-lines">
          {lines.map(({ text, amount }) => (
            <div key={text}>
              <dt>{text}</dt>
              <dd>{euros(amount, locale)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
