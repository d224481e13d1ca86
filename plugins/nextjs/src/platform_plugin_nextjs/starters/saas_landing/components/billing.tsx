"use client";

import { useEffect, useState, type ReactNode } from "react";

const WAYS = ["By the month", "By the year"] as const;

/** Two tables of prices. With JavaScript a switch shows one of them; without it both stand below each other. */
export function Billing({ monthly, yearly }: { monthly: ReactNode; yearly: ReactNode }) {
  const [way, setWay] = useState<number | null>(null);

  useEffect(() => setWay(0), []);

  return (
    <div className="billing">
      {way === null ? null : (
        <fieldset className="billing-switch">
          <legend className="visually-hidden">How you pay</legend>
          {WAYS.map((label, index) => (
            <label key={label}>
              <input type="radio" name="billing" checked={way === index} onChange={() => setWay(index)} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      )}
      {[monthly, yearly].map((table, index) => (
        <div key={index} hidden={way !== null && way !== index}>{table}</div>
      ))}
    </div>
  );
}
