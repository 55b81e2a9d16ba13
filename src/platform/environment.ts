/** Variables of the environment, passed in so that tests can own them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. Settings belong into config.toml; this is for variables that others have named, such as OPENAI_API_KEY. */
export const processEnvironment: Environment = process.env;
