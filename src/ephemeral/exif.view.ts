import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Location, type Photograph } from '../processing/photograph.js';

export class LocationView implements Location {
  @ApiProperty({ description: 'Degrees, north positive.', example: 52.5163 }) latitude: number;
  @ApiProperty({ description: 'Degrees, east positive.', example: 13.3777 }) longitude: number;
  @ApiPropertyOptional({ description: 'Metres above the sea.', example: 34 }) altitude?: number;
}

/** Those fields of EXIF that people ask for. */
export class ExifView implements Photograph {
  @ApiPropertyOptional({ example: 'Canon' }) make?: string;
  @ApiPropertyOptional({ example: 'Canon EOS R6' }) model?: string;
  @ApiPropertyOptional({ example: 'RF35mm F1.8 MACRO IS STM' }) lens?: string;
  @ApiPropertyOptional() software?: string;
  @ApiPropertyOptional() description?: string;
  @ApiPropertyOptional() artist?: string;
  @ApiPropertyOptional() copyright?: string;
  @ApiPropertyOptional({
    description: 'ISO 8601, as the clock of the camera had it; with an offset from UTC only where it knew one.',
    example: '2026-05-01T12:30:00+02:00',
  })
  taken?: string;
  @ApiPropertyOptional({ description: '1 to 8 (EXIF 2.32 4.6.4).', type: 'integer', example: 6 }) orientation?: number;
  @ApiPropertyOptional({ example: 0.004 }) exposureSeconds?: number;
  @ApiPropertyOptional({ description: 'Stops.', example: -0.333333 }) exposureBias?: number;
  @ApiPropertyOptional({ example: 2.8 }) fNumber?: number;
  @ApiPropertyOptional({ example: 400 }) iso?: number;
  @ApiPropertyOptional({ example: 35 }) focalLengthMm?: number;
  @ApiPropertyOptional({ description: 'What it would be on 35 mm film.', example: 35 }) focalLength35Mm?: number;
  @ApiPropertyOptional({ description: 'Whether it fired.' }) flash?: boolean;
  @ApiPropertyOptional({ type: LocationView }) location?: LocationView;
}
