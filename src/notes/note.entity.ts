import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Note } from './note.js';

@Entity('notes')
export class NoteEntity implements Note {
  @PrimaryColumn('uuid', { name: 'image_id' }) imageId: string;
  @PrimaryColumn('integer') number: number;
  @Column('text') owner: string;
  @Column('text') text: string;
  @Column('text', { nullable: true }) author: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
