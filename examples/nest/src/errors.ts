import { Catch, HttpException, HttpStatus, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { OllamaValidationError } from 'rxjs-ollama';
import { RunError } from 'rxjs-ollama/node';

/** Errors of the library that are mistakes of a client have a status, and words that the client may read. */
@Catch(OllamaValidationError, RunError)
export class ClientErrorFilter extends BaseExceptionFilter {
  override catch(error: OllamaValidationError | RunError, host: ArgumentsHost): void {
    const status = error instanceof RunError ? error.statusCode : HttpStatus.BAD_REQUEST;
    super.catch(new HttpException(error.message, status), host);
  }
}
