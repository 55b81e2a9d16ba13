import { IsString } from 'class-validator';
import { DtoValidationPipe } from '../../../../src/platform/http/validation.pipe';

class Named {
  @IsString()
  name = '';
}

const pipe = new DtoValidationPipe();

test('a body becomes an instance of its class', async () => {
  const body: unknown = await pipe.transform({ name: 'a', more: 1 }, { type: 'body', metatype: Named });
  expect(body).toBeInstanceOf(Named);
  expect(body).toEqual({ name: 'a' });
});

test('a parameter whose class is known as a type only is handed on as it is, however it is made', async () => {
  const socket = { constructor: null, self: undefined as unknown };
  socket.self = socket;
  expect(await pipe.transform(socket, { type: 'custom', metatype: Function })).toBe(socket);
});
