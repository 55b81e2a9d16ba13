type Json = Record<string, unknown>;

/** Moves every schema that has a title to `schemas`, once, and leaves a reference where it stood. Two that differ under one title are a mistake. */
export class Components {
  readonly schemas: Json = {};

  lift(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.lift(item));
    if (typeof value !== 'object' || value === null) return value;
    const { title } = value as { title?: unknown };
    const lifted = this.liftFields(value);
    if (typeof title !== 'string') return lifted;
    const known = this.schemas[title];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(lifted)) {
      throw new Error(`Two different schemas are called ${title}`);
    }
    this.schemas[title] = lifted;
    return { $ref: `#/components/schemas/${title}` };
  }

  private liftFields(value: object): Json {
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => [
        field,
        // An example is data of the API, whatever its fields are called; so are the fields of an object.
        field === 'example' || field === 'enum'
          ? inner
          : field === 'properties'
            ? this.liftProperties(inner as object)
            : this.lift(inner),
      ]),
    );
  }

  private liftProperties(properties: object): Json {
    return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.lift(schema)]));
  }
}
