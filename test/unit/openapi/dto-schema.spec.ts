import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { dtoSchema, isDto } from '../../../src/openapi/dto-schema';

class Inner {
  @IsString({ message: 'An inner text' })
  text = '';
}

class Base {
  @IsOptional()
  @IsBoolean()
  flag?: boolean | null;
}

class Outer extends Base {
  @Max(9)
  @IsInt()
  @Min(1)
  count = 1;

  @IsOptional()
  @Length(2, 5)
  @IsString({ message: 'A name' })
  name?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(['a', 'b'], { each: true })
  words?: string[] | null;

  @IsOptional()
  @IsIn(['x', 'y'])
  choice?: string;

  @Matches(/^\d+$/, { message: 'Digits' })
  digits = '';

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  inner?: Inner | null;
}

const inner = { type: 'object', properties: { text: { type: 'string', description: 'An inner text' } } };

it('says in JSON Schema what the validators say, in whatever order they stand', () => {
  expect(dtoSchema(Outer, { nulls: false })).toEqual({
    type: 'object',
    properties: {
      flag: { type: 'boolean' },
      count: { type: 'integer', minimum: 1, maximum: 9 },
      name: { type: 'string', minLength: 2, maxLength: 5, description: 'A name' },
      words: { type: 'array', minItems: 1, items: { enum: ['a', 'b'] } },
      choice: { type: 'string', enum: ['x', 'y'] },
      digits: { type: 'string', pattern: String.raw`^\d+$`, description: 'Digits' },
      inner: { ...inner, required: ['text'] },
    },
    required: ['count', 'digits'],
  });
});

it('lets a body say null for what it may leave out', () => {
  const { properties } = dtoSchema(Outer, { nulls: true }) as { properties: Record<string, object> };
  expect(properties).toMatchObject({
    flag: { type: ['boolean', 'null'] },
    count: { type: 'integer' },
    choice: { anyOf: [{ type: 'string', enum: ['x', 'y'] }, { type: 'null' }] },
    inner: { type: ['object', 'null'] },
  });
});

it('knows what is no DTO', () => {
  expect([Object, Function, String, undefined, class Plain {}].map(isDto)).toEqual([false, false, false, false, false]);
  expect(isDto(Outer)).toBe(true);
});
