package io.overlaybd.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class UserTagTest {

    @Test
    void tagOf256BytesFitsAndALongerOneIsRefused() {
        assertEquals(256, UserTag.ofText("x".repeat(256)).bytes().length);
        assertThrows(IllegalArgumentException.class, () -> UserTag.ofText("x".repeat(257)));
    }

    @Test
    void paddingIsNoPartOfTheTag() {
        assertArrayEquals(
                new byte[] {1, 0, 2}, UserTag.of(new byte[] {1, 0, 2, 0, 0}).bytes());
        assertEquals(UserTag.NONE, UserTag.of(new byte[256]));
    }

    @Test
    void tagCannotBeChangedThroughItsBytes() {
        byte[] bytes = {1};
        UserTag tag = UserTag.of(bytes);
        bytes[0] = 2;
        tag.bytes()[0] = 3;
        assertEquals(UserTag.of(new byte[] {1}), tag);
    }
}
