# P#7035, P#7153, P#3008, PPP#48: modules are imported for each item. P#7377: a missing one is not noticed. azure-analyzer#1218: loading by name races.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

BeforeAll {
    $folder = (New-Item -ItemType Directory "$TestDrive/OeOnce").FullName
    Set-Content "$folder/OeOnce.psm1" '([AppDomain]::CurrentDomain.GetData("OeOnce"))?.Add([runspace]::DefaultRunspace.InstanceId); function Get-OeOnce { "once $args" }'
    New-ModuleManifest "$folder/OeOnce.psd1" -RootModule OeOnce.psm1 -FunctionsToExport Get-OeOnce
}

Describe 'A module' {
    It 'is imported once in each runspace, for 500 items' {
        $imports = [Collections.Concurrent.ConcurrentBag[guid]]::new()
        [AppDomain]::CurrentDomain.SetData('OeOnce', $imports)
        try {
            $output = Invoke-WithLimit -ArgumentList "$folder/OeOnce.psd1" {
                param($Path)
                1..500 | Invoke-ParallelOrchestration -ThrottleLimit 4 -Ordered -ImportModule $Path { Get-OeOnce $_ }
            }
            $output | Should -Be (1..500 | ForEach-Object { "once $_" })
            $imports.Count | Should -BeGreaterThan 0
            @($imports | Sort-Object -Unique).Count | Should -Be $imports.Count
            $imports.Count | Should -BeLessOrEqual 4
        } finally { [AppDomain]::CurrentDomain.SetData('OeOnce', $null) }
    }

    It 'that is missing ends the call before its first item' {
        { 1..5 | Invoke-ParallelOrchestration -ImportModule OeNoSuchModule { 'ran' } } | Should -Throw -ErrorId 'ImportModuleNotFound,*'
    }

    It 'that items load by its name is found by each of them' {
        $before = $env:PSModulePath
        $env:PSModulePath = "$TestDrive$([IO.Path]::PathSeparator)$before"
        try {
            $output = Invoke-WithLimit { 1..100 | Invoke-ParallelOrchestration -ThrottleLimit 8 -Ordered { Get-OeOnce $_ } }
            $output | Should -Be (1..100 | ForEach-Object { "once $_" })
        } finally { $env:PSModulePath = $before }
    }
}
