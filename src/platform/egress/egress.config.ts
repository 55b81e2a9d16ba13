import { IsInt, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[egress]`: the connections that the gateway opens itself. */
@Section('egress', 'The connections that the gateway opens itself. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured.')
export class EgressConfig {
  @Key({ doc: 'Connections kept to one host at the most; further calls wait for a free one.' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  max_connections_per_host = 256;

  @Key({ doc: 'Seconds until opening a connection is given up.' })
  @IsInt()
  @Min(1)
  @Max(300)
  connect_timeout_secs = 10;
}
