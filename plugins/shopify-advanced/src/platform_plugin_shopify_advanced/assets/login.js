// The page to which Shopify sends buyers back.
import { finish } from './account.js';
import { label, make } from './api.js';

const said = document.querySelector('[role=status]');

try {
  const { places, enter } = await finish();
  if (places.length === 1) {
    await enter(places[0]);
  } else if (places.length) {
    said.textContent = label('location');
    said.after(make('ul', {}, ...places.map((place) => {
      const button = make('button', { type: 'button' }, place.name);
      button.addEventListener('click', () => enter(place));
      return make('li', {}, button);
    })));
  } else {
    said.textContent = label('noCompany');
  }
} catch (error) {
  said.textContent = label('failed');
  console.warn('Shopify:', error);
}
