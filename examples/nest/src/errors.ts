import { Catch, HttpException, HttpStatus, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { OllamaValidationError } from 'rxjs-ollama';

/** A body that is none is a mistake of the client, which may read what is wrong with it. */
@Catch(OllamaValidationError)
export class ClientErrorFilter extends BaseExceptionFilter {
  override catch(error: OllamaValidationError, host: ArgumentsHost): void {
    super.catch(new HttpException(error.message, HttpStatus.BAD_REQUEST), host);
  }
}
