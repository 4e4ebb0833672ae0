package io.overlaybd.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerUuidTest {

    @Test
    void textIsUpperCaseInTheOrderOfTheBytes() {
        LayerUuid uuid = new LayerUuid(0x0011223344556677L, 0x8899AABBCCDDEEFFL);
        assertEquals("00112233-4455-6677-8899-AABBCCDDEEFF", uuid.toString());
        assertEquals(Optional.of(uuid), LayerUuid.parse("00112233-4455-6677-8899-aabbccddeeff"));
    }

    @Test
    void nullIsWrittenAsText() {
        assertEquals("00000000-0000-0000-0000-000000000000", LayerUuid.NULL.toString());
    }

    @Test
    void digitInThePlaceOfADashIsSkipped() {
        assertEquals(
                LayerUuid.parse("00112233-4455-6677-8899-AABBCCDDEEFF"),
                LayerUuid.parse("00112233F4455a6677-8899-AABBCCDDEEFF"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00112233-4455-6677-8899-AABBCCDDEEF",
                "00112233-4455-6677-8899-AABBCCDDEEFF0",
                "0011223-34455-6677-8899-AABBCCDDEEFF",
                "00112233-4455-6677-8899-AABBCCDDEEFG",
                "00112233_4455-6677-8899-AABBCCDDEEFF",
                "+0112233-4455-6677-8899-AABBCCDDEEFF",
                "\u0660\u0660112233-4455-6677-8899-AABBCCDDEE"
            })
    void otherTextIsNoUuid(String text) {
        assertEquals(Optional.empty(), LayerUuid.parse(text));
    }

    @Test
    void randomOnesAreVersion4() {
        LayerUuid uuid = LayerUuid.random();
        assertEquals('4', uuid.toString().charAt(14));
        assertNotEquals(uuid, LayerUuid.random());
    }
}
