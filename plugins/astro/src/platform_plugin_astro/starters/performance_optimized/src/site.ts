import type { Site } from './lib/site';

export const site: Site = {
  name: 'Hallard Rope Access',
  tagline: 'rope access for turbines, bridges and towers',
  description:
    'Twenty-six rope technicians who inspect, repair and coat what stands too high for a ladder: rotor blades, bridges, towers. A fixed price within two working days.',
  publisher: 'LocalBusiness',
  organization: {
    address: { '@type': 'PostalAddress', streetAddress: '11 Ropewalk Lane', postalCode: 'NE29 6AB', addressLocality: 'Hallard Quay' },
    telephone: '+44 191 496 0172',
    areaServed: 'GB, IE, DK, NO',
  },
  image: '/images/social.png',
  menu: [
    { name: 'Work', path: '/work/' },
    { name: 'References', path: '/references/' },
    { name: 'People', path: '/people/' },
    { name: 'Notices', path: '/notices/' },
    { name: 'Request', path: '/request/' },
  ],
  footer: [
    { name: 'Request a price', path: '/request/' },
    { name: 'Safety', path: '/safety/' },
    { name: 'Privacy', path: '/privacy/' },
  ],
  missing: 'No anchor holds at this address. These do:',
};
