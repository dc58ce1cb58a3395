// The access token of this browser tab; sessionStorage forgets it when the tab is closed.
const KEY = 'bangban-token';

export const readToken = () => sessionStorage.getItem(KEY) ?? '';

export function keepToken(token) {
  const bare = token.trim().replace(/^Bearer\s+/i, '');
  if (bare) {
    sessionStorage.setItem(KEY, bare);
  } else {
    sessionStorage.removeItem(KEY);
  }
}
