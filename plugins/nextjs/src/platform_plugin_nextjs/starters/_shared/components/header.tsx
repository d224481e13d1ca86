import { Menu } from "@/components/menu";
import { SiteLink } from "@/components/site-link";
import { Slot } from "@/components/slot";
import { site } from "@/lib/platform";

export function Header() {
  return (
    <header className="site-header">
      <div className="wrap site-header-in">
        <SiteLink className="wordmark" href="/">{site.title}</SiteLink>
        <Menu />
        <Slot name="navigation" />
      </div>
    </header>
  );
}
