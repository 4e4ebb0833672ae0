package io.overlaybd.nbd.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.nbd.server.NbdClient.OptionAnswer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandshakeTest {

    private static final int SIZE = 1 << 20;
    private static final int ACK = 1;
    private static final int UNSUPPORTED = 0x8000_0001;
    private static final int INVALID = 0x8000_0003;
    private static final int UNKNOWN_EXPORT = 0x8000_0006;
    private static final int FLAGS = 1 | 1 << 1 | 1 << 2 | 1 << 8 | 1 << 10;
    private static final int FLAG_DF = 1 << 7;

    @TempDir
    Path folder;

    private Served server;

    @BeforeEach
    void serve() throws IOException {
        server = Served.unix(folder, new HoleDevice(SIZE));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static int onlyType(List<OptionAnswer> answers) {
        assertEquals(1, answers.size());
        return answers.get(0).type();
    }

    @Test
    void oldStyleExportNameLeadsToTransmission() throws IOException {
        for (int clientFlags : new int[] {0, 1, 3}) {
            try (NbdClient client = NbdClient.greet(server.address, clientFlags)) {
                client.sendOption(NbdClient.EXPORT_NAME, new byte[0]);
                ByteBuffer export = client.wire.receive(10);
                assertEquals(SIZE, export.getLong());
                assertEquals(FLAGS, export.getShort());
                if ((clientFlags & 2) == 0) {
                    assertArrayEquals(new byte[124], client.wire.receive(124).array());
                }
                assertEquals(512, client.read(0, 512).length);
            }
        }
    }

    @Test
    void unknownExportNameClosesSinceThereIsNoOtherAnswer() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            client.sendOption(NbdClient.EXPORT_NAME, new byte[] {'x'});
            assertThrows(EOFException.class, () -> client.wire.receive(1));
        }
    }

    @Test
    void listHasTheDefaultExport() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            List<OptionAnswer> answers = client.option(NbdClient.LIST, new byte[0]);
            assertEquals(2, answers.size());
            assertArrayEquals(new byte[4], answers.get(0).data());
            assertEquals(INVALID, onlyType(client.option(NbdClient.LIST, new byte[1])));
        }
    }

    @Test
    void infoTellsWhatIsAskedForAndLeavesTheHandshakeOpen() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            List<OptionAnswer> answers = client.option(NbdClient.INFO, NbdClient.infoQuery("", 3, 1, 2, 3, 99));
            assertEquals(5, answers.size());
            ByteBuffer export = ByteBuffer.wrap(answers.get(0).data());
            assertEquals(0, export.getShort());
            assertEquals(SIZE, export.getLong());
            assertEquals(FLAGS, export.getShort());
            assertEquals("\0\1", answers.get(1).text());
            assertEquals("\0\2for a test", answers.get(2).text());
            ByteBuffer sizes = ByteBuffer.wrap(answers.get(3).data());
            assertEquals(3, sizes.getShort());
            assertEquals(1, sizes.getInt());
            assertEquals(4096, sizes.getInt());
            assertEquals(32 << 20, sizes.getInt());
            assertEquals(ACK, onlyType(client.option(NbdClient.STRUCTURED_REPLY, new byte[0])));
        }
    }

    @Test
    void goToAnUnknownExportIsAnErrorAndAnotherMayFollow() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            assertEquals(UNKNOWN_EXPORT, onlyType(client.option(NbdClient.GO, NbdClient.infoQuery("other"))));
            assertEquals(2, client.option(NbdClient.GO, NbdClient.infoQuery("")).size());
            assertEquals(512, client.read(0, 512).length);
        }
    }

    @Test
    void flagDfIsOfferedWithStructuredRepliesOnly() throws IOException {
        try (NbdClient structured = NbdClient.structured(server.address);
                NbdClient simple = NbdClient.simple(server.address)) {
            assertEquals(FLAGS | FLAG_DF, structured.transmissionFlags);
            assertEquals(FLAGS, simple.transmissionFlags);
        }
    }

    @Test
    void tlsAndUnknownOptionsAreUnsupported() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            assertEquals(UNSUPPORTED, onlyType(client.option(NbdClient.STARTTLS, new byte[0])));
            assertEquals(UNSUPPORTED, onlyType(client.option(11, new byte[0])));
            assertEquals(UNSUPPORTED, onlyType(client.option(0xffff_fff0, new byte[1000])));
        }
    }

    @Test
    void abortIsAcknowledgedAndCloses() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            assertEquals(ACK, onlyType(client.option(NbdClient.ABORT, new byte[0])));
            assertThrows(EOFException.class, () -> client.wire.receive(1));
        }
    }

    @Test
    void contextsNeedStructuredReplies() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            byte[] query = NbdClient.metaQuery("", "base:allocation");
            assertEquals(INVALID, onlyType(client.option(NbdClient.LIST_META_CONTEXT, query)));
            assertEquals(INVALID, onlyType(client.option(NbdClient.SET_META_CONTEXT, query)));
        }
    }

    @Test
    void contextIsListedByNameByWildcardAndByNoQuery() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            client.option(NbdClient.STRUCTURED_REPLY, new byte[0]);
            for (String[] queries : new String[][] {{}, {"base:"}, {"x:y", "base:allocation"}}) {
                List<OptionAnswer> answers =
                        client.option(NbdClient.LIST_META_CONTEXT, NbdClient.metaQuery("", queries));
                assertEquals(2, answers.size());
                assertTrue(answers.get(0).text().endsWith("base:allocation"));
            }
            byte[] other = NbdClient.metaQuery("", "qemu:dirty-bitmap:x");
            assertEquals(ACK, onlyType(client.option(NbdClient.LIST_META_CONTEXT, other)));
            byte[] otherExport = NbdClient.metaQuery("x", "base:");
            assertEquals(UNKNOWN_EXPORT, onlyType(client.option(NbdClient.LIST_META_CONTEXT, otherExport)));
        }
    }

    @Test
    void contextIsSetByItsFullNameOnlyAndTheLastSetCounts() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            client.option(NbdClient.STRUCTURED_REPLY, new byte[0]);
            byte[] full = NbdClient.metaQuery("", "base:allocation");
            assertEquals(2, client.option(NbdClient.SET_META_CONTEXT, full).size());
            byte[] wildcard = NbdClient.metaQuery("", "base:");
            assertEquals(ACK, onlyType(client.option(NbdClient.SET_META_CONTEXT, wildcard)));
            client.option(NbdClient.GO, NbdClient.infoQuery(""));
            client.wire.send(NbdClient.header(0, NbdClient.BLOCK_STATUS, 1, 0, 512));
            ByteBuffer chunk = client.wire.receive(24);
            assertEquals(22, chunk.getInt(20), "no context was selected");
        }
    }

    @Test
    void malformedOptionDataAreInvalidAndTheHandshakeGoesOn() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            client.option(NbdClient.STRUCTURED_REPLY, new byte[0]);
            byte[] manyQueries = {0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0};
            byte[] longName = {0x7f, -1, -1, -1, 'x'};
            for (int option : new int[] {NbdClient.INFO, NbdClient.GO, NbdClient.SET_META_CONTEXT}) {
                assertEquals(INVALID, onlyType(client.option(option, new byte[3])));
                assertEquals(INVALID, onlyType(client.option(option, longName)));
                assertEquals(INVALID, onlyType(client.option(option, new byte[100])));
            }
            assertEquals(INVALID, onlyType(client.option(NbdClient.SET_META_CONTEXT, manyQueries)));
            assertEquals(INVALID, onlyType(client.option(NbdClient.STRUCTURED_REPLY, new byte[1])));
            assertEquals(2, client.option(NbdClient.GO, NbdClient.infoQuery("")).size());
        }
    }

    @Test
    void optionsCutIntoSingleBytesAreUnderstood() throws IOException {
        try (NbdClient client = NbdClient.greet(server.address, 3)) {
            byte[] go = NbdClient.infoQuery("");
            ByteBuffer option = ByteBuffer.allocate(16 + go.length + 28)
                    .putLong(0x49484156454F5054L)
                    .putInt(NbdClient.GO)
                    .putInt(go.length)
                    .put(go)
                    .put(NbdClient.header(0, NbdClient.FLUSH, 7, 0, 0));
            for (byte each : option.array()) {
                client.wire.send(each);
            }
            client.wire.receive(20 + 12 + 20);
            ByteBuffer flushed = client.wire.receive(16);
            assertEquals(0, flushed.getInt(4));
            assertEquals(7, flushed.getLong(8));
        }
    }
}
