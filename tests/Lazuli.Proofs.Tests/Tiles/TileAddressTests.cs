using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class TileAddressTests
{
    private const string Alphabet = "tile/entries0123456789x.p-+ ";

    private static readonly string[] _starts = ["", "tile/", "tile/0/", "tile/1/x001/", "tile/0/000.p/", "tile/entries/"];

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(1, 999, 17, "tile/1/999.p/17")]
    [InlineData(2, 1000, 1, "tile/2/x001/000.p/1")]
    [InlineData(0, (1L << 55) - 1, 255, "tile/0/x036/x028/x797/x018/x963/967.p/255")]
    [InlineData(7, 0, 127, "tile/7/000.p/127")]
    public void A_path_is_as_the_specification_spells_it(int level, long index, int width, string path)
    {
        TileAddress address = new(level, index, width);
        Assert.Equal(path, address.Path);
        Assert.True(TileAddress.TryParse(path, out TileAddress back));
        Assert.Equal(address, back);
        if (level == 0)
        {
            string entries = path.Replace("tile/0/", "tile/entries/", StringComparison.Ordinal);
            Assert.Equal(entries, new EntryBundleAddress(index, width).Path);
            Assert.True(EntryBundleAddress.TryParse(entries, out EntryBundleAddress bundle));
            Assert.Equal(address, bundle.Leaves);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/00/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/8/000")]
    [InlineData("tile/63/000")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/234")]
    [InlineData("tile/0/x001/x234")]
    [InlineData("tile/0/X001/234")]
    [InlineData("tile/0/x001//234")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/0/ 12")]
    [InlineData("tile/0/+12")]
    [InlineData("tile/0/12\0")]
    [InlineData("tile/0/٠٠٠")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/017")]
    [InlineData("tile/0/000.p/17/")]
    [InlineData("tile/0/000.p/17.p/17")]
    [InlineData("tile/0/000.p/99999999999999999999")]
    [InlineData("tile/7/000")]
    [InlineData("tile/7/000.p/128")]
    [InlineData("tile/0/x036/x028/x797/x018/x963/967")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    public void Any_other_spelling_is_refused(string? path)
    {
        Assert.False(TileAddress.TryParse(path, out _));
        Assert.False(EntryBundleAddress.TryParse(path?.Replace("tile/0/", "tile/entries/", StringComparison.Ordinal), out _));
    }

    [Fact]
    public void Every_address_comes_back_from_its_path() =>
        Gen.Select(Gen.Int[0, 7], Gen.Long[0, long.MaxValue], Gen.Int[1, 256]).Sample((level, any, width) =>
        {
            long index = level == 7 ? 0 : any % ((long.MaxValue >> (8 * (level + 1))) - 1);
            TileAddress address = new(level, index, level == 7 ? Math.Min(width, 127) : width);
            return TileAddress.TryParse(address.Path, out TileAddress back) && back == address && address.Path.Length <= TilePath.Longest;
        }, iter: 5000);

    [Fact]
    public void What_is_accepted_is_always_spelt_as_it_would_be_written() =>
        Gen.Select(Gen.Int[0, _starts.Length - 1], Gen.Char[Alphabet].Array[0, 12]).Sample((start, rest) =>
        {
            string path = _starts[start] + new string(rest);
            return (!TileAddress.TryParse(path, out TileAddress tile) || tile.Path == path)
                && (!EntryBundleAddress.TryParse(path, out EntryBundleAddress bundle) || bundle.Path == path);
        }, iter: 20_000);

    [Fact]
    public void Addresses_that_no_tree_can_have_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(-1, 0, 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(8, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(0, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(0, 0, 257));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileAddress(0, long.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntryBundleAddress(long.MaxValue / 256, 256));
    }
}
