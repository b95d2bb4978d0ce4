namespace Lazuli.Numerics;

/// <summary>A product cut into strips of rows by groups of column panels.</summary>
internal readonly unsafe struct GemmJob<TKernel> : ITileJob
    where TKernel : unmanaged, IMicroKernel
{
    private readonly GemmArguments* _arguments;
    private readonly float** _scratch;
    private readonly int _strips;
    private readonly int _groups;
    private readonly int _panels;

    public GemmJob(GemmArguments* arguments, float** scratch)
    {
        _arguments = arguments;
        _scratch = scratch;
        _strips = (arguments->M + GemmBlocking.StripRows - 1) / GemmBlocking.StripRows;
        _panels = (arguments->N + TKernel.Columns - 1) / TKernel.Columns;
        _groups = GemmBlocking.ColumnGroups(_strips, _panels);
    }

    public int Tiles => _strips * _groups;

    public void Execute(int tile, int worker)
    {
        int strip = tile / _groups;
        int group = tile % _groups;
        int row = strip * GemmBlocking.StripRows;
        int endRow = Math.Min(row + GemmBlocking.StripRows, _arguments->M);
        int first = (int)((long)group * _panels / _groups);
        int end = (int)((long)(group + 1) * _panels / _groups);
        GemmStrip<TKernel>.Run(_arguments, row, endRow, first, end, _scratch[worker]);
    }
}
