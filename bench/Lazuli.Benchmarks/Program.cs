using Lazuli.Benchmarks;

string name = args.Length > 0 ? args[0] : string.Empty;
string[] rest = args.Length > 1 ? args[1..] : [];
switch (name)
{
    case "gemm":
        GemmBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("usage: Lazuli.Benchmarks gemm [--threads N] [--filter TEXT] [--repeats N] [--head] [--ladder]");
        return 2;
}
