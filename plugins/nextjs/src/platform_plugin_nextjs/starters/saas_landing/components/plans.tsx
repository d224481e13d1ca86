import { Billing } from "@/components/billing";
import { SiteLink } from "@/components/site-link";
import data from "@/data/plans.json";
import { english } from "@/lib/dates";

type Period = "month" | "year";

export function Plans() {
  return <Billing monthly={<PlanTable period="month" />} yearly={<PlanTable period="year" />} />;
}

function PlanTable({ period }: { period: Period }) {
  return (
    <section aria-labelledby={`by-${period}`}>
      <h3 id={`by-${period}`} className="plans-title">{period === "month" ? "Paid by the month" : "Paid by the year, two months less"}</h3>
      <div className="plans">
        {data.plans.map((plan) => (
          <div key={plan.name} className={plan.chosen ? "plan plan-chosen" : "plan"}>
            <h4>{plan.name}</h4>
            <p className="plan-price">{amount(plan[period])} <span>a {period}</span></p>
            <p>{plan.for}</p>
            <ul>{plan.points.map((point) => <li key={point}>{point}</li>)}</ul>
            <SiteLink className={plan.chosen ? "button" : "button button-quiet"} href={`/try/?${new URLSearchParams({ plan: plan.name })}`}>Try {plan.name}</SiteLink>
          </div>
        ))}
      </div>
    </section>
  );
}

function amount(value: number): string {
  return new Intl.NumberFormat(english(), { style: "currency", currency: data.currency, maximumFractionDigits: 0 }).format(value);
}
