package io.overlaybd.service.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private static final DownloadSettings SETTINGS = DownloadSettings.defaults();

    private final Patience patience = new Patience(SETTINGS, 3);

    private void assertPauses(Duration least, Setback setback) {
        Duration pause = patience.after(setback).orElseThrow();
        assertTrue(
                pause.compareTo(least) >= 0
                        && pause.compareTo(least.multipliedBy(3).dividedBy(2)) <= 0,
                pause::toString);
    }

    @Test
    void awayIsWaitedForWithoutEndInLongerAndLongerPauses() {
        assertPauses(SETTINGS.firstPause(), Setback.AWAY);
        assertPauses(SETTINGS.firstPause().multipliedBy(2), Setback.AWAY);
        assertPauses(SETTINGS.firstPause().multipliedBy(4), Setback.AWAY);
        for (int i = 0; i < 1000; i++) {
            patience.after(Setback.AWAY).orElseThrow();
        }
        assertPauses(SETTINGS.longestPause(), Setback.AWAY);
        patience.progressed();
        assertPauses(SETTINGS.firstPause(), Setback.AWAY);
    }

    @Test
    void spaceIsLookedForAtAFixedPace() {
        for (int i = 0; i < 100; i++) {
            assertEquals(SETTINGS.spacePause(), patience.after(Setback.NO_SPACE).orElseThrow());
        }
    }

    @Test
    void attemptsAreUsedUpByWhatWaitingDoesNotMend() {
        assertTrue(patience.after(Setback.WRONG_BYTES).isPresent());
        assertTrue(patience.after(Setback.AWAY).isPresent());
        patience.progressed();
        assertTrue(patience.after(Setback.OTHER).isPresent());
        assertTrue(patience.after(Setback.NO_SPACE).isPresent());
        assertTrue(patience.after(Setback.WRONG_BYTES).isEmpty());
        assertEquals(3, patience.failures());
    }

    @Test
    void longSetbackIsToldOnce() {
        assertTrue(patience.isNews(Setback.AWAY));
        assertFalse(patience.isNews(Setback.AWAY));
        assertTrue(patience.isNews(Setback.NO_SPACE));
        assertFalse(patience.isNews(Setback.NO_SPACE));
        patience.progressed();
        assertTrue(patience.isNews(Setback.NO_SPACE));
        assertTrue(patience.isNews(Setback.WRONG_BYTES));
        assertTrue(patience.isNews(Setback.WRONG_BYTES));
    }
}
