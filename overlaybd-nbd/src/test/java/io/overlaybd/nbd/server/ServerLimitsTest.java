package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.nbd.OverlaybdNbd;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Option;

class ServerLimitsTest {

    private static final int CONNECTIONS_OF_NBDCOPY = 4;

    @Test
    void workersAreEnoughForAllPiecesOfAClientWithFourConnections() {
        int pieces = ReadQueue.MAX_BUFFERED_BYTES / PieceReader.INLINE_BYTES;
        assertEquals(CONNECTIONS_OF_NBDCOPY * pieces, ServerLimits.DEFAULT.workers());
    }

    @Test
    void commandHasTheSameDefault() throws NoSuchFieldException {
        Field option = OverlaybdNbd.class.getDeclaredField("threads");
        String threads = option.getAnnotation(Option.class).defaultValue();
        assertEquals(String.valueOf(ServerLimits.DEFAULT.workers()), threads);
    }
}
