import { IsString, Matches, ValidateIf } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[storage]`: where the gateway keeps what must survive a restart. */
@Section('storage', 'Where the gateway keeps what must survive a restart.')
export class StorageConfig {
  @Key({
    doc: 'Address of a PostgreSQL database (team mode). Empty keeps everything in one SQLite file in data_dir.',
    env: ['ZEROCLAW_STORAGE_URL', 'ZEROCLAW_STORAGE_DB_URL'],
    secret: true,
    aliases: ['db_url'],
    example: 'postgres://zeroclaw:password@db.example:5432/zeroclaw',
  })
  @IsString()
  @ValidateIf((storage: StorageConfig) => storage.url !== '')
  @Matches(/^postgres(ql)?:\/\//, { message: 'url must start with postgres:// or be empty for SQLite' })
  url = '';

  @Key({
    doc: 'Folder of the SQLite file and of other state. Empty means the folder "data" beside config.toml.',
    env: 'ZEROCLAW_STORAGE_DATA_DIR',
    example: '/var/lib/zeroclaw',
  })
  @IsString()
  data_dir = '';
}
