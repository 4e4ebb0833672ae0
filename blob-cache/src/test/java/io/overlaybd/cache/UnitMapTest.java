package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitMapTest {

    private static final int LAST = UnitGrid.MAX_UNITS - 1;

    @Test
    void largestBlobIsCountedToItsLastUnit() {
        UnitGrid grid = new UnitGrid(4096, 4096L * UnitGrid.MAX_UNITS - 1);
        UnitMap units = new UnitMap(grid, 16);
        assertEquals(UnitGrid.MAX_UNITS, grid.count());
        assertEquals(LAST, grid.unitAt(grid.blobBytes() - 1));
        assertEquals(4095, grid.lengthBytes(LAST));
        assertEquals(UnitMap.UNKNOWN, units.state(LAST));
        units.set(LAST, UnitMap.VERIFIED);
        units.set(LAST - 1, UnitMap.VERIFIED);
        assertTrue(units.allVerified(LAST - 1, LAST));
        assertFalse(units.allVerified(LAST - 2, LAST));
    }

    @Test
    void touchedGroupsAreToldOnce() {
        UnitMap units = new UnitMap(new UnitGrid(4096, 4096L * 10_000), 16);
        units.touch(15, 16);
        units.touch(9_999, 9_999);
        units.touch(9_998, 9_999);
        List<Integer> groups = new ArrayList<>();
        units.drainTouched(groups::add);
        assertEquals(List.of(0, 1, 624), groups);
        groups.clear();
        units.drainTouched(groups::add);
        assertEquals(List.of(), groups);
    }
}
