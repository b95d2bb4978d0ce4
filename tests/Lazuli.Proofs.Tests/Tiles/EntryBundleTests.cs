using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class EntryBundleTests
{
    [Fact]
    public void Entries_are_written_with_a_big_endian_length() =>
        Assert.Equal("0000000161000462636465", Convert.ToHexString(EntryBundle.Format([ReadOnlyMemory<byte>.Empty, "a"u8.ToArray(), "bcde"u8.ToArray()])));

    [Fact]
    public void Entries_come_back_as_they_were() =>
        Gen.Byte.Array[0, 300].Array[1, 60].Sample(entries =>
        {
            byte[] bundle = EntryBundle.Format([.. entries.Select(e => (ReadOnlyMemory<byte>)e)]);
            Assert.Equal(entries, EntryBundle.Parse(new EntryBundleAddress(3, entries.Length), bundle).Select(e => e.ToArray()));
        }, iter: 100);

    [Fact]
    public void Refuses_a_bundle_cut_anywhere_or_with_more_behind_it()
    {
        byte[] bundle = EntryBundle.Format([new byte[3], ReadOnlyMemory<byte>.Empty, new byte[300]]);
        EntryBundleAddress address = new(0, 3);
        Assert.Equal(3, EntryBundle.Parse(address, bundle).Count);
        for (int length = 0; length < bundle.Length; length++)
        {
            TileFormatException cut = Assert.Throws<TileFormatException>(() => EntryBundle.Parse(address, bundle.AsMemory(0, length)));
            Assert.InRange(cut.Offset, 0, length);
            Assert.Contains("tile/entries/000.p/3", cut.Message, StringComparison.Ordinal);
        }

        TileFormatException more = Assert.Throws<TileFormatException>(() => EntryBundle.Parse(address, (byte[])[.. bundle, 0]));
        Assert.Equal(bundle.Length, more.Offset);
        Assert.Throws<TileFormatException>(() => EntryBundle.Parse(new EntryBundleAddress(0, 2), bundle));
        Assert.Throws<TileFormatException>(() => EntryBundle.Parse(new EntryBundleAddress(0, 4), bundle));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_is_read_is_written_alike() =>
        Gen.Select(Gen.Byte[0, 3].Array[0, 60], Gen.Int[1, 20]).Sample((bytes, width) =>
        {
            try
            {
                return EntryBundle.Format(EntryBundle.Parse(new EntryBundleAddress(0, width), bytes)).AsSpan().SequenceEqual(bytes);
            }
            catch (TileFormatException)
            {
                return true;
            }
        }, iter: 20_000);

    [Fact]
    public void Refuses_to_write_what_cannot_be_read()
    {
        Assert.Throws<ArgumentException>(() => EntryBundle.Format([]));
        Assert.Throws<ArgumentException>(() => EntryBundle.Format([.. Enumerable.Repeat(ReadOnlyMemory<byte>.Empty, 257)]));
        Assert.Throws<ArgumentException>(() => EntryBundle.Format([new byte[65_536]]));
        Assert.Equal(65_537, EntryBundle.Format([new byte[65_535]]).Length);
    }
}
