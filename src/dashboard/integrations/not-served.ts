import type { IntegrationCategory } from './integration';

const CHATS = `
  Telegram, Discord, Slack, WhatsApp, Signal, Matrix, Email, Mattermost, Feishu, Lark, IRC, Nostr,
  Nextcloud Talk, DingTalk, iMessage, QQ Official, Napcat, Microsoft Teams, Google Chat, Webex, Zulip,
  LINE, Viber, Facebook Messenger, Mastodon, Bluesky, Reddit, LinkedIn, Twitch, XMPP, Guilded, Revolt,
  Keybase, Discourse, Gitter, Threema, Mumble, Rocket.Chat, Ntfy, Gotify, Pumble, Flock, Twist, Zalo,
  WebChat
`;

/** What ZeroClaw v0.1.8 lists, by category. What this gateway has come to serve is left out of the answer by its name. */
export const NOT_SERVED: Readonly<Partial<Record<IntegrationCategory, readonly string[]>>> = {
  Chat: list(CHATS),
  AiModel: ['Amazon Bedrock'],
  Productivity: ['Notion', 'Apple Notes', 'Apple Reminders', 'Obsidian', 'Things 3', 'Bear Notes', 'Trello', 'Linear'],
  MusicAudio: ['Spotify', 'Sonos', 'Shazam'],
  SmartHome: ['Home Assistant', 'Philips Hue', '8Sleep'],
  ToolsAutomation: ['Browser', 'Voice', 'Gmail', '1Password', 'Weather', 'Canvas'],
  MediaCreative: ['Image Gen', 'GIF Search', 'Screen Capture', 'Camera'],
  Social: ['Twitter/X'],
  Platform: ['Windows', 'iOS', 'Android'],
};

function list(names: string): string[] {
  return names.split(',').map((name) => name.trim());
}
