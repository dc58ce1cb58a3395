import { useState } from 'react';
import { keepToken, readToken } from './token.js';

// Another token may see another schema (a city's or a province's), so the page starts afresh with it.
function use(token) {
  keepToken(token);
  location.reload();
}

export function TokenBar() {
  const [token, setToken] = useState(readToken);
  const submit = (event) => {
    event.preventDefault();
    use(token);
  };
  return (
    <form className="token-bar" onSubmit={submit}>
      <strong>Bangban 帮办</strong>
      <label htmlFor="token">Access token 访问令牌</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck="false"
        placeholder="paste a token; without one only public fields answer 粘贴令牌"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit">Use 使用</button>
      <button type="button" onClick={() => use('')}>
        Clear 清除
      </button>
    </form>
  );
}
