import type { Site } from './lib/site';

export const site: Site = {
  name: 'Lastrad',
  tagline: 'cargo bikes by the hour',
  description:
    'Sixty-four cargo bikes at twelve stations between the fish hall and the north mole. By the hour or the day, with a code, without a contract.',
  publisher: 'LocalBusiness',
  organization: {
    address: { '@type': 'PostalAddress', streetAddress: 'Speicherzeile 9', postalCode: '27577', addressLocality: 'Hafen Nord' },
    telephone: '+49 471 5550 164',
    openingHours: 'Mo-Sa 08:00-18:00',
    priceRange: '€',
  },
  image: '/images/social.png',
  menu: [
    { name: 'Bikes', path: '/bikes/' },
    { name: 'Stations', path: '/stations/' },
    { name: 'Prices', path: '/prices/' },
    { name: 'How it works', path: '/how-it-works/' },
  ],
  footer: [
    { name: 'Contact', path: '/contact/' },
    { name: 'Terms', path: '/terms/' },
    { name: 'Privacy', path: '/privacy/' },
  ],
  missing: 'This street ends here. These go on:',
};
