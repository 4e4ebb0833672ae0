package io.overlaybd.kerneltests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.kerneltests.Moments.Moment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    @TempDir
    private Path folder;

    private Path disk;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = Files.write(folder.resolve("disk"), new byte[8 * LogBuilder.SECTOR_BYTES]);
    }

    private LogBuilder history() {
        return new LogBuilder()
                .write(0, 'a', 0)
                .flush()
                .mark("created")
                .write(1, 'b', 0)
                .discard(0)
                .flush()
                .write(2, 'c', WriteLog.FUA)
                .mark("0")
                .mark("1")
                .mark("dm-log-writes-end")
                .write(3, 'd', 0)
                .write(4, 'e', 0);
    }

    private String content() throws IOException {
        StringBuilder letters = new StringBuilder();
        byte[] bytes = Files.readAllBytes(disk);
        for (int at = 0; at < bytes.length; at += LogBuilder.SECTOR_BYTES) {
            letters.append(bytes[at] == 0 ? '.' : (char) bytes[at]);
        }
        return letters.toString();
    }

    @Test
    void diskHasAtEachMomentWhatWasFlushedAndNothingElse() throws IOException {
        try (WriteLog log = WriteLog.open(history().save(folder.resolve("log")));
                FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            List<Moment> moments = Moments.after("created", log.entries());
            assertEquals(List.of(new Moment(3, "created"), new Moment(6, "created"), new Moment(10, "1")), moments);
            Replay replay = new Replay(log, channel);
            replay.moveTo(moments.get(0));
            assertEquals("a.......", content());
            replay.moveTo(moments.get(1));
            assertEquals(".b......", content());
            replay.moveTo(moments.get(2));
            assertEquals(".bc.....", content());
        }
    }

    @Test
    void unflushedWritesEndAtTheNextFlush() throws IOException {
        try (WriteLog log = WriteLog.open(history().save(folder.resolve("log")));
                FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            int added = new Replay(log, channel).addUnflushed(channel);
            assertTrue(content().equals(added == 1 ? "a......." : "........"), () -> "added " + added);
        }
    }

    @Test
    void spreadMomentsHaveTheFirstAndTheLast() {
        List<Moment> moments = List.of(new Moment(1, "a"), new Moment(2, "b"), new Moment(3, "c"), new Moment(4, "d"));
        assertEquals(List.of(moments.get(0), moments.get(3)), Moments.spread(moments, 2));
        assertEquals(moments, Moments.spread(moments, 9));
    }

    @Test
    void logCutAtAnyByteIsRefused() throws IOException {
        Path log = history().save(folder.resolve("log"));
        byte[] whole = Files.readAllBytes(log);
        // The last entry's data is read only when it is applied.
        for (int length = 0; length <= whole.length - 2 * LogBuilder.SECTOR_BYTES; length += 16) {
            Files.write(log, Arrays.copyOf(whole, length));
            assertThrows(IOException.class, () -> WriteLog.open(log).close());
        }
    }

    @Test
    void entryOutsideOfAnyDiskAndMarkLongerThanItsSectorAreRefused() throws IOException {
        Path far = new LogBuilder().entry(Long.MAX_VALUE / 512, 2, 0, 0).save(folder.resolve("far"));
        Path back = new LogBuilder().entry(0, -1, 0, 0).save(folder.resolve("back"));
        Path mark = new LogBuilder().entry(0, 0, WriteLog.MARK, 481).save(folder.resolve("mark"));
        for (Path log : List.of(far, back, mark)) {
            assertThrows(IOException.class, () -> WriteLog.open(log).close(), log.toString());
        }
    }
}
