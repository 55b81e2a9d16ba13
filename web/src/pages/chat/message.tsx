import { memo } from 'react';
import type { Components } from 'react-markdown';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './chat.module.css';
import type { Said } from './frames';

/** Markup inside an answer is shown as text; nothing in it loads or runs: pictures become links, links leave the page without a trace. */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer">
      {alt || 'picture'}
    </a>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
};

/** One message: a person's as it was typed, the agent's as Markdown. */
export const Message = memo(function Message({ role, content }: Said) {
  if (role === 'user') return <div className={classes.question}>{content}</div>;
  return (
    <div className={classes.answer}>
      <Markdown remarkPlugins={[remarkGfm]} components={components}>
        {content}
      </Markdown>
    </div>
  );
});
