/** The building of the map whose card is open: pressed, or named by the address. */
import type { BuildingInfo } from '../scene/buildingTable.ts';
import type { App } from './app.ts';

export class OpenBuilding {
  private readonly app: App;
  /** Its id, already while its tile is on the way. */
  id: string | null = null;

  constructor(app: App) {
    this.app = app;
  }

  /** Open its card; null closes it. */
  open(building: BuildingInfo | null): void {
    this.seek(building?.id ?? null, building);
    this.app.address.remember();
  }

  /** Open the card of a building as soon as the map has it. */
  seek(id: string | null, building: BuildingInfo | null = null): void {
    this.id = id;
    this.app.set({ building });
    this.app.view?.seek(building ? null : id, (found) => this.app.set({ building: found }));
  }
}
