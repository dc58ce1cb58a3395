import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { TokenBar } from './TokenBar.jsx';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';

// Headers are not kept: a token must not outlive the browser tab.
createRoot(document.getElementById('explorer')).render(
  <>
    <TokenBar />
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={examples}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      inputValueDeprecation
    />
  </>,
);
