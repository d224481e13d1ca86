import type { Site } from './lib/site';

export const site: Site = {
  name: 'Veldmark Observatory',
  tagline: 'a dome that opens for everybody',
  description:
    'A public observatory on the hill above Veldmark: open every clear Friday and Saturday from October to March, with three telescopes and somebody who explains them.',
  publisher: 'Museum',
  organization: {
    address: { '@type': 'PostalAddress', streetAddress: 'Galgenberg 4', postalCode: '4782', addressLocality: 'Veldmark' },
    telephone: '+32 87 555 014',
  },
  image: '/images/social.png',
  menu: [
    { name: 'Tonight', path: '/tonight/' },
    { name: 'Programme', path: '/programme/' },
    { name: 'Visit', path: '/visit/' },
    { name: 'Instruments', path: '/instruments/' },
    { name: 'Log', path: '/log/' },
  ],
  footer: [
    { name: 'Visit', path: '/visit/' },
    { name: 'The society', path: '/society/' },
    { name: 'Privacy', path: '/privacy/' },
  ],
  missing: 'The address may be old, or was typed in the dark. These pages are there:',
};
